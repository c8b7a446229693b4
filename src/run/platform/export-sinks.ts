/** Where a page's exports go, for the worker. */
export { directorySink, downloadSink } from '../../export/sink-browser';

/** WebGPU for the commands that run in Node: the library's own Dawn. */
export { adapterNames, createDawnGpu, DawnError, LAVAPIPE_MANIFESTS } from '../../src/run/platform/dawn-node';
export { describeAdapter, isSoftware } from './adapter';

/** Texts that say what runs tell about each other: reports in HTML have the same. */
export { conclusion } from '../../../report/conclusion-words';

/** Texts of StorageError. */
import { archives } from './archives';
import { exports } from './exports';
import { places } from './places';

export const storage = { ...archives, ...exports, ...places };

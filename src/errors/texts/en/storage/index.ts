/** Texts of StorageError. */
import { archives } from './archives';
import { places } from './places';

export const storage = { ...archives, ...places };

/** Texts of StorageError. */
import { archives } from './archives';
import { exports } from './exports';

export const storage = { ...archives, ...exports };

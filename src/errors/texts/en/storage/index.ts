/** Texts of StorageError: files that people give, the places of a run's files, and whose they are. */
import { archives } from './archives';
import { exports } from './exports';
import { folders } from './folders';
import { places } from './places';

export const storage = { ...archives, ...exports, ...folders, ...places };

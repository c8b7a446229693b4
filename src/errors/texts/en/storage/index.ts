/** Texts of StorageError. */
import { archives } from './archives';

export const storage = { ...archives };

/** Texts of StorageError. */
import type { TextsOf } from '../types';
import { archives } from './archives';
import { exports } from './exports';
import { folders } from './folders';
import { places } from './places';

export const storage: TextsOf<'storage'> = { ...archives, ...exports, ...folders, ...places };

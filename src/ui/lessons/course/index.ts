/** All lessons. */
import type { Lesson, LessonId } from '../types';
import { clip } from './clip';
import { given } from './given';
import { groups } from './groups';
import { holes } from './holes';
import { mask } from './mask';
import { real } from './real';

export const COURSE: Readonly<Record<LessonId, Lesson>> = { given, mask, groups, clip, holes, real };

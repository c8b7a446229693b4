/** One answer without tools: the digit of the question. */
import { defineEnvironment } from '../define';
import { rules } from './rules';

export default defineEnvironment(rules);

export { buildForest, type BuiltForest } from '../grpo/forest';

export { drawTokens as sampleTokens } from '../../sampling/sampling';

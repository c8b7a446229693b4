export { swiglu, swigluGradient } from '../../swiglu/swiglu';

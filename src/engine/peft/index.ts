/**
 * An adapter as the folder that Python's PEFT writes and reads: `adapter_model.safetensors` and `adapter_config.json`.
 * https://huggingface.co/docs/peft/developer_guides/checkpoint
 */
export { readAdapterFolder, type ReadAdapter } from './read';
export { adapterFolder, type AdapterInfo } from './write';

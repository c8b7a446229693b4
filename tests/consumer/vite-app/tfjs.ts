import { useWebGpu } from 'mailgym/tfjs';

const { backend } = await useWebGpu();
document.body.textContent = String(backend);

import { loadDataset } from 'mailgym/environments';

document.body.textContent = typeof loadDataset;

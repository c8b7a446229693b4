import { resolveSettings } from 'mailgym';

document.body.textContent = JSON.stringify(resolveSettings({ preset: 'quick' }));

/** Loaded before the page's own script by the development server, for addresses with `?mock=1`. */
import { createMockTrainer } from './trainer';

window.mailgymStandIn = createMockTrainer;

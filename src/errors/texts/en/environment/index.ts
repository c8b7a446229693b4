/** Texts of EnvironmentError. */
import { definition } from './definition';
import { host } from './host';
import { mail } from './mail';
import { rows } from './rows';

export const environment = { ...definition, ...host, ...mail, ...rows };

/** Texts of EnvironmentError. */
import { definition } from './definition';
import { host } from './host';
import { mail } from './mail';
import { rows } from './rows';
import { sources } from './sources';

export const environment = { ...definition, ...host, ...mail, ...rows, ...sources };

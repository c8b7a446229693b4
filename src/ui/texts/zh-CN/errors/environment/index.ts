/** Texts of EnvironmentError. */
import type { TextsOf } from '../types';
import { definition } from './definition';
import { host } from './host';
import { mail } from './mail';
import { rows } from './rows';
import { sources } from './sources';

export const environment: TextsOf<'environment'> = { ...definition, ...host, ...mail, ...rows, ...sources };

/** Texts of EnvironmentError. */
import { definition } from './definition';
import { host } from './host';
import { mail } from './mail';
import { rows } from './rows';
import { sources } from './sources';

// Spreading counts as a side effect unless a call marked pure does it: so a bundle drops the texts of errors that it never makes.
export const environment = /* @__PURE__ */ (() => ({
  ...definition,
  ...host,
  ...mail,
  ...rows,
  ...sources,
}))();

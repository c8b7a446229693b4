/** Texts about what the page may reach beyond its own site. */
export const reach = {
  title: (host: string) => `This would reach ${host}`,
  named: (what: string) =>
    `Named: ${what}. Nothing has been asked for yet: this page can reach its own site alone.`,
  learns: (host: string) =>
    `If you agree, it is opened again in a form that may also reach ${host}. That site learns your network address and what is fetched from it; your mail, questions and runs are not sent.`,
  yes: (host: string) => `Allow ${host}`,
  no: 'No, stay with what is here',
  obstacle: (host: string) => `The model lies at ${host}: first say whether this page may reach it.`,
  open: (hosts: string) => `This page may now reach ${hosts}, and its own site; nothing else.`,
  lock: 'Lock it again',
};

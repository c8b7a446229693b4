/** Where the tests of the built page serve it. The variable lets two checkouts be tested at once on one machine. */
export const E2E_PORT = Number(process.env['MAILGYM_E2E_PORT'] ?? 4173);

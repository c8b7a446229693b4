/** The guest's bundle, made by `scripts/environment-guest.ts`. */
declare module 'virtual:environment-guest' {
  const guest: string;
  export default guest;
}

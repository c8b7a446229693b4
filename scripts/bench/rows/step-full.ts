import type { Session } from '../session';
export async function stepFullRows(_s: Session): Promise<void> {}

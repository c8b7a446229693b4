/** What a tool-call parser promises. */
import type { ParsedCall } from '../../conversation/types';

/** Calls in the text of one assistant turn, in order; none when the text holds no call. Never throws. */
export type ToolCallParser = (text: string) => ParsedCall[];

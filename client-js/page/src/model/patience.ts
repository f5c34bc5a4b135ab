/** What has not answered by then will not: the page goes on without it, or says so, and is not empty for longer. */
export const ANSWER_MS = 10_000;

/** Topic, event ID, time and level of one event, as the checkers count it. */
export type StoredFact = string;

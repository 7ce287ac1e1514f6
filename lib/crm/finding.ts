/** One thing that `merge-sync doctor` looked at. Holds no credentials, no values of contacts. */
export interface Finding {
  check: string;
  ok: boolean;
  /** Where it is not ok, what to do; else what was seen. */
  advice: string;
  /** True for what works today and should be seen to: a date that comes near, http without encryption. */
  warning?: true;
}

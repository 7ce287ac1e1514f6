/** What the look-alike is asked to do; `any` in a fault stands for all of them. */
export type Operation =
  | 'token'
  | 'query'
  | 'bulk'
  | 'bulkJob'
  | 'bulkResults'
  | 'queryAll'
  | 'merge'
  | 'update'
  | 'collection'
  | 'create'
  | 'describe'
  | 'limits'
  | 'versions'
  | 'timestamp'
  | 'undelete';

export interface Fault {
  on: Operation | 'any';
  /** `after-effect`: done, but told otherwise. */
  when?: 'before-effect' | 'after-effect';
  how: /** With Salesforce's own code; `message` and `status` in place of the usual ones. */
    | { code: string; as?: 'fault' | 'result'; message?: string; status?: number; headers?: Record<string, string> }
    /** Not Salesforce's own words: an edge, a proxy, a maintenance page. */
    | { status: number; body?: string; headers?: Record<string, string> }
    | 'hang-up'
    | 'silence'
    | 'cut-short';
  /** How many requests it meets; 1 if left out. */
  times?: number;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}
export type Outcome = Answer | 'hang-up' | 'silence';

export interface FaultList {
  add(...faults: Fault[]): void;
  /** The fault that this request meets now, if any. */
  meet(operation: Operation, when: 'before-effect' | 'after-effect'): Fault['how'] | undefined;
}

export function createFaultList(): FaultList {
  const waiting: { fault: Fault; left: number }[] = [];
  return {
    add: (...faults) => void waiting.push(...faults.map((fault) => ({ fault, left: fault.times ?? 1 }))),
    meet(operation, when) {
      const met = waiting.find(
        ({ fault, left }) =>
          left > 0 && (fault.when ?? 'before-effect') === when && (fault.on === 'any' || fault.on === operation),
      );
      if (!met) return undefined;
      met.left -= 1;
      return met.fault.how;
    },
  };
}

/** How long one AWS client waits, and how often it tries. Without limits a service that hangs takes the function along. */
export interface ClientLimits {
  /** Until a connection stands, milliseconds. */
  connectMs: number;
  /** Until an attempt is answered, and between two packets of its answer, milliseconds. */
  requestMs: number;
  /** The first attempt included. */
  attempts: number;
}

/** For `receive`: a table and a queue that both hang leave it time to answer within its ten seconds. */
export const RECEIVE_LIMITS: ClientLimits = { connectMs: 1_000, requestMs: 2_200, attempts: 3 };

/** For `apply` and `reconcile`: two writes that hang, and the call they record, fit into `callMs`. */
export const WORKER_LIMITS: ClientLimits = { connectMs: 2_000, requestMs: 3_000, attempts: 3 };

/** The limits as options of any SDK client; `throwOnRequestTimeout`, for by itself the SDK only logs a warning. */
export function clientConfig({ connectMs, requestMs, attempts }: ClientLimits) {
  return {
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: connectMs,
      requestTimeout: requestMs,
      socketTimeout: requestMs,
      throwOnRequestTimeout: true,
    },
  };
}

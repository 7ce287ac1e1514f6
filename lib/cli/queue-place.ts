/** AWS region and account of a queue. */
export interface QueuePlace {
  region: string;
  account: string;
}

/**
 * Read from `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`; undefined for an address that does not say it.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
 */
export function placeOfQueue(queueUrl: string): QueuePlace | undefined {
  const [, region, account] = /^https?:\/\/[\w-]+\.([a-z]+(?:-[a-z]+)+-\d)\.[^/]+\/(\d{12})\//.exec(queueUrl) ?? [];
  return region && account ? { account, region } : undefined;
}

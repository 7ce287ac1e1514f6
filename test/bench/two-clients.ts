import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';

/** The least that any function with these two services loads: the yardstick for the cold start of `receive`. */
export const clients = [new DynamoDBClient({}), new SQSClient({})];

import { placeOfQueue } from '../../lib/cli/queue-place.ts';

describe('where a queue is, by its address', () => {
  it.each([
    ['https://sqs.ap-southeast-1.amazonaws.com/123456789012/ms-events', 'ap-southeast-1'],
    ['https://sqs.cn-north-1.amazonaws.com.cn/123456789012/ms-events', 'cn-north-1'],
    ['https://sqs-fips.us-gov-west-1.amazonaws.com/123456789012/ms-events', 'us-gov-west-1'],
    ['https://sqs.eu-west-1.api.aws/123456789012/ms-events', 'eu-west-1'],
  ])('%s', (url, region) => {
    expect(placeOfQueue(url)).toEqual({ account: '123456789012', region });
  });

  it.each(['http://127.0.0.1:4566/000000000000/ms-events', 'https://sqs.ap-southeast-1.amazonaws.com/ms-events', ''])(
    '%j does not say it',
    (url) => {
      expect(placeOfQueue(url)).toBeUndefined();
    },
  );
});

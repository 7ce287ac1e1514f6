import { ofType, type Packaged, propertiesOf } from './package-service.ts';

// Types that AWS China lacks, or has with gaps that would fail the stack.
const NOT_IN_CHINA = [
  'AWS::Lambda::Url',
  'AWS::XRay::Group',
  'AWS::SES::EmailIdentity',
  'AWS::Cognito::UserPool',
  'AWS::CloudFront::Distribution',
];

/** The same template is deployed everywhere, so what China lacks is missing from all of them. */
export function partitionPromises(packaged: () => Packaged): void {
  const template = () => packaged().template;

  it('names no partition, region or host suffix of its own', () => {
    const text = packaged().templateText;
    expect(text).not.toMatch(/arn:aws(-cn)?:/);
    expect(text).not.toMatch(/amazonaws\.com\.cn/);
    expect(text).not.toMatch(/\.(us-east-1|cn-north-1)\./);
    // Service principals end like this in every partition; nothing else may.
    const hosts = new Set(text.match(/[^\s"]*amazonaws\.com/g));
    expect([...hosts].sort()).toEqual([
      'apigateway.amazonaws.com',
      'events.amazonaws.com',
      'lambda.amazonaws.com',
      'sns.amazonaws.com',
    ]);
  });

  it('uses nothing that AWS China does not have', () => {
    const types = Object.values(template().Resources).map((resource) => resource.Type);
    expect(types.filter((type) => NOT_IN_CHINA.includes(type))).toEqual([]);
    for (const [, { Properties: lambda }] of ofType(template(), 'AWS::Lambda::Function')) {
      expect(lambda.TracingConfig).toBeUndefined(); // X-Ray
      expect(lambda.Code.SourceKMSKeyArn).toBeUndefined(); // customer key for zip packages
    }
    for (const [, { Properties: mapping }] of ofType(template(), 'AWS::Lambda::EventSourceMapping')) {
      expect([mapping.Tags, mapping.MetricsConfig, mapping.ProvisionedPollerConfig]).toEqual(Array(3).fill(undefined));
    }
    for (const [, { Properties: subscription }] of ofType(template(), 'AWS::SNS::Subscription'))
      expect(subscription.Protocol).not.toBe('sms');
  });

  it('sends message groups only where fair queues are known to work', () => {
    const { Variables } = propertiesOf(template(), 'ApplyLambdaFunction').Environment;
    expect(Variables.FAIR_QUEUE).toBe(packaged().region.startsWith('cn-') ? '0' : '1');
  });

  it('promise 7: an event may wait longer than Lambda lets a loop go on, where there is loop detection', () => {
    const { RecursiveLoop } = propertiesOf(template(), 'ApplyLambdaFunction');
    expect(RecursiveLoop['Fn::If']).toEqual(['LoopDetectionExists', 'Allow', { Ref: 'AWS::NoValue' }]);
    expect(template().Conditions.LoopDetectionExists).toEqual({
      'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws-cn'] }],
    });
  });
}

import { ofType, type Properties, propertiesOf, resourceOf, type Template } from './package-service.ts';

/** Metrics of AWS that are on the dashboard, with what each is about. */
const OF_AWS: Record<string, string> = {
  'AWS/ApiGateway Latency': 'ApiId',
  'AWS/SQS ApproximateAgeOfOldestMessage': 'QueueName',
  'AWS/SQS ApproximateNumberOfMessagesVisible': 'QueueName',
  'AWS/Lambda Errors': 'FunctionName',
  'AWS/Lambda Throttles': 'FunctionName',
};
const NAMESPACE = 'merge-sync-dev';
const COLUMNS = 24;

interface Widget {
  type: string;
  x: number;
  width: number;
  properties: { region?: string; alarms?: string[]; metrics?: unknown[][] };
}

export function dashboardPromises(template: () => Template): void {
  const widgets = (): Widget[] =>
    JSON.parse(propertiesOf(template(), 'ServiceDashboard').DashboardBody['Fn::Sub']).widgets;
  const metrics = () => widgets().flatMap(({ properties }) => properties.metrics ?? []);
  const own = () => metrics().filter(([namespace]) => namespace === NAMESPACE);

  it('promise 7: the dashboard is there unless it is switched off, in the region it is deployed to', () => {
    expect(resourceOf(template(), 'ServiceDashboard').Condition).toBe('HasDashboard');
    expect(String(template().Parameters.Dashboard?.Default)).toBe('true');
    const regions = widgets().flatMap(({ properties }) => properties.region ?? []);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholder.
    expect([...new Set(regions)]).toEqual(['${AWS::Region}']);
    for (const { x, width } of widgets()) expect(x + width).toBeLessThanOrEqual(COLUMNS);
  });

  it('promise 7: each metric on the dashboard is counted by a filter of ours, or is one of AWS about one of our resources', () => {
    const filters = ofType(template(), 'AWS::Logs::MetricFilter').map(
      ([, { Properties }]) => Properties.MetricTransformations[0],
    );
    const counted = filters.map(({ MetricName }: Properties) => MetricName);
    for (const [, name] of own()) expect(counted).toContain(name);
    const ofAws = metrics().filter(([namespace]) => namespace !== NAMESPACE);
    for (const [namespace, name, dimension] of ofAws) expect(OF_AWS[`${namespace} ${name}`]).toBe(dimension);
    expect(own().length).toBeGreaterThan(10);
    expect(ofAws.length).toBeGreaterThan(5);
  });

  it('promise 7: queues and functions on the dashboard have the names of ours', () => {
    const names = Object.values(template().Resources).flatMap(({ Properties }) => [
      Properties?.QueueName,
      Properties?.FunctionName,
    ]);
    for (const [namespace, , , name] of metrics())
      if (namespace === 'AWS/SQS' || namespace === 'AWS/Lambda') expect(names).toContain(name);
  });

  it('promise 7: it shows the state of every alarm that there always is', () => {
    const [{ properties } = { properties: {} }] = widgets().filter(({ type }) => type === 'alarm');
    const shown = (properties as Widget['properties']).alarms?.map((arn) => arn.split(':alarm:')[1]);
    const always = ofType(template(), 'AWS::CloudWatch::Alarm').filter(([, { Condition }]) => Condition === undefined);
    expect(shown?.sort()).toEqual(always.map(([, { Properties }]) => Properties.AlarmName).sort());
  });
}

import { propertiesOf, type Template } from './package-service.ts';

/** What is made for the bus, and only for it. */
const OF_THE_BUS = ['OutcomesBus', 'OutcomesBusRight'];

export function outcomesBusPromises(template: () => Template): void {
  it('without `outcomesBus` there is no bus, no right on one, and no name of one in a function', () => {
    const { Conditions, Parameters, Resources } = template();
    expect(Conditions.HasOutcomesBus).toEqual({ 'Fn::Equals': [{ Ref: 'OutcomesBusWanted' }, 'true'] });
    expect(String(Parameters.OutcomesBusWanted?.Default)).toBe('false');
    const made = Object.entries(Resources).filter(([, { Condition }]) => Condition === 'HasOutcomesBus');
    expect(made.map(([name]) => name).sort()).toEqual(OF_THE_BUS);
    const { Variables } = propertiesOf(template(), 'ApplyLambdaFunction').Environment;
    const nameOrNone = { 'Fn::If': ['HasOutcomesBus', { Ref: 'OutcomesBus' }, { Ref: 'AWS::NoValue' }] };
    expect(Variables.OUTCOMES_BUS).toEqual(nameOrNone);
    const { Condition } = template().Outputs.OutcomesBusArn as { Condition?: string };
    expect(Condition).toBe('HasOutcomesBus');
    const others = Object.entries(Resources).filter(([name]) => !OF_THE_BUS.includes(name));
    expect(JSON.stringify(others).replace(JSON.stringify(nameOrNone), '')).not.toContain('OutcomesBus');
  });

  it('promise 10: the bus has a fixed name and no policy that lets others in, and only `apply` may put events on it', () => {
    expect(propertiesOf(template(), 'OutcomesBus')).toEqual({ Name: 'merge-sync-dev-outcomes' });
    const types = Object.values(template().Resources).map(({ Type }) => Type);
    expect(types).not.toContain('AWS::Events::EventBusPolicy');
    const { Roles, PolicyDocument } = propertiesOf(template(), 'OutcomesBusRight');
    expect(Roles).toEqual([{ Ref: 'ApplyRole' }]);
    expect(PolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: 'events:PutEvents', Resource: { 'Fn::GetAtt': ['OutcomesBus', 'Arn'] } },
    ]);
  });
}

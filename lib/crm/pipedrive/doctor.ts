import { objectIn, objectsIn } from '../../json.ts';
import type { Examination } from '../adapter.ts';
import { checkOwn, examined } from '../doctor-columns.ts';
import { examineMapped } from '../mapped-properties.ts';
import { createPipedriveCalls, type PipedriveOptions } from './calls.ts';
import { CUSTOM, OWN, PERSON_FIELDS } from './persons.ts';

const KINDS = { varchar: 'text', text: 'text', double: 'number', date: 'date', enum: 'option', set: 'multi' } as const;

/** Looks at everything a merge will need, without changing anything. What is wrong is a finding, never an error. */
export const examinePipedrive = (options: PipedriveOptions & Examination) =>
  examined(async () => {
    const { text } = await createPipedriveCalls(options)(PERSON_FIELDS);
    const fields = objectsIn(objectIn(text).data).filter(({ key }) => CUSTOM.test(String(key)));
    const describe = (name: string) => {
      if (OWN.includes(name)) return { type: 'of Pipedrive’s own', isWritable: true };
      const type = fields.find(({ key }) => key === name)?.field_type;
      return type === undefined
        ? undefined
        : { type: String(type), kind: KINDS[type as keyof typeof KINDS], isWritable: true };
    };
    return [...checkOwn([options.idField, options.mergedField], describe), ...examineMapped(options, describe)];
  });

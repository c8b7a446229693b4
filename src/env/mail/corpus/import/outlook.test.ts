/** Outlook's forms: messages are made here as Outlook lays them out. */
import { burn, type Entry } from '@kenjiuno/msgreader/lib/Burner';
import { TypeEnum } from '@kenjiuno/msgreader/lib/Reader';
import { describe, expect, it } from 'vitest';
import { calendarText } from './calendar';
import { importMail } from './mail';
import { rtfContent } from './rtf';
import { readTnef } from './tnef';

const wide = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf16le'));

/** A compound file of a message: texts by MAPI property, recipients as [kind, name, address]. */
function msg(texts: Record<string, string>, people: readonly [number, string, string][]): Uint8Array {
  const entries: Entry[] = [{ name: 'Root Entry', type: TypeEnum.ROOT, length: 0, children: [] }];
  const add = (parent: number, name: string, content: Uint8Array | null): number => {
    const isFile = content !== null;
    entries.push({
      name,
      type: isFile ? TypeEnum.DOCUMENT : TypeEnum.DIRECTORY,
      length: content?.length ?? 0,
      ...(isFile ? { binaryProvider: () => content } : { children: [] }),
    });
    entries[parent]?.children?.push(entries.length - 1);
    return entries.length - 1;
  };
  for (const [tag, text] of Object.entries(texts)) add(0, `__substg1.0_${tag}001F`, wide(text));
  const time = new Uint8Array(32 + 16);
  const view = new DataView(time.buffer);
  view.setUint32(32, 0x00390040, true);
  // Hundreds of nanoseconds since 1601.
  view.setBigUint64(40, BigInt(Date.UTC(2025, 2, 1, 9) + 11_644_473_600_000) * 10_000n, true);
  add(0, '__properties_version1.0', time);
  for (const [i, [kind, name, address]] of people.entries()) {
    const folder = add(0, `__recip_version1.0_#0000000${i}`, null);
    add(folder, '__substg1.0_3001001F', wide(name));
    add(folder, '__substg1.0_39FE001F', wide(address));
    const properties = new Uint8Array(8 + 16);
    new DataView(properties.buffer).setUint32(8, 0x0c150003, true);
    properties[16] = kind;
    add(folder, '__properties_version1.0', properties);
  }
  return burn(entries);
}

const load = (path: string, bytes: Uint8Array) => importMail([{ path, bytes }]);

describe('.msg', () => {
  it('is read with people, time and names', async () => {
    const bytes = msg(
      {
        '001A': 'IPM.Note',
        '0037': 'Note 1',
        '0C1A': 'Ann Lee',
        '5D01': 'ann@shop.example',
        '1000': 'The code is K1-77.\r\nBye',
        '1035': '<n1@shop.example>',
      },
      [
        [1, 'Me', 'me@home.example'],
        [2, 'Cy Orr', 'cy@home.example'],
      ],
    );
    const { emails, rejected } = await load('Inbox/outlook.msg', bytes);
    expect(rejected).toEqual([]);
    expect(emails).toMatchObject([
      {
        messageId: 'n1@shop.example',
        date: Date.UTC(2025, 2, 1, 9),
        from: 'ann@shop.example',
        to: ['me@home.example'],
        cc: ['cy@home.example'],
        subject: 'Note 1',
        body: 'The code is K1-77.\nBye',
        names: { 'ann@shop.example': 'Ann Lee', 'cy@home.example': 'Cy Orr' },
        labels: ['Inbox'],
      },
    ]);
  });

  it('believes the headers of a mail that came by SMTP', async () => {
    const headers =
      'Received: by mx\r\nDelivered-To: me@home.example\r\nFrom: Ann <ann@far.example>\r\nTo: list@far.example\r\nReferences: <r@x>\r\nDate: Mon, 3 Mar 2025 10:00:00 +0100\r\nContent-Type: multipart/mixed;\r\n\tboundary=q\r\n';
    const { emails } = await load('o.msg', msg({ '0037': 'S', '1000': 'Text', '007D': headers }, []));
    expect(emails).toMatchObject([
      {
        from: 'ann@far.example',
        to: ['list@far.example'],
        deliveredTo: ['me@home.example'],
        references: ['r@x'],
        date: Date.UTC(2025, 2, 3, 9),
        body: 'Text',
      },
    ]);
  });
});

describe('TNEF', () => {
  const attribute = (id: number, data: Uint8Array): number[] => {
    const head = new DataView(new ArrayBuffer(9));
    head.setUint8(0, 1);
    head.setUint32(1, id, true);
    head.setUint32(5, data.length, true);
    return [...new Uint8Array(head.buffer), ...data, 0, 0];
  };
  const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
  const file = (...attributes: number[][]): Uint8Array =>
    Uint8Array.from([0x78, 0x9f, 0x3e, 0x22, 1, 0, ...attributes.flat()]);
  const property = (type: number, id: number, data: Uint8Array): Uint8Array => {
    const padded = new Uint8Array(12 + Math.ceil(data.length / 4) * 4 + 4);
    const view = new DataView(padded.buffer);
    view.setUint32(0, 1, true);
    view.setUint16(4, type, true);
    view.setUint16(6, id, true);
    view.setUint32(8, 1, true);
    view.setUint32(12, data.length, true);
    padded.set(data, 16);
    return padded;
  };

  it('gives text and names of attachments', async () => {
    const bytes = file(attribute(0x2800c, ascii('Text\0')), attribute(0x18010, ascii('plan.pdf\0')));
    expect(await readTnef(bytes)).toEqual({ text: 'Text', attachments: ['plan.pdf'] });
  });

  it('reads text among MAPI properties, HTML too', async () => {
    expect((await readTnef(file(attribute(0x69003, property(0x1f, 0x1000, wide('Grüße\0')))))).text).toBe(
      'Grüße',
    );
    expect((await readTnef(file(attribute(0x69003, property(0x102, 0x1013, ascii('<p>Hi</p>')))))).text).toBe(
      'Hi',
    );
  });

  it('reads uncompressed RTF in its wrapper', async () => {
    const rtf = ascii("{\\rtf1\\ansi\\ansicpg1252 Gr\\'fc\\'dfe\\par end}");
    const wrapped = new Uint8Array(16 + rtf.length);
    const view = new DataView(wrapped.buffer);
    view.setUint32(0, rtf.length + 12, true);
    view.setUint32(4, rtf.length, true);
    wrapped.set(ascii('MELA'), 8);
    wrapped.set(rtf, 16);
    expect((await readTnef(file(attribute(0x69003, property(0x102, 0x1009, wrapped))))).text).toBe(
      'Grüße\nend',
    );
  });

  it('stops at a length that leads out of the file', async () => {
    const bytes = file(
      attribute(0x2800c, ascii('Text\0')),
      attribute(0x69003, property(0x1f, 0x1000, wide('x'))),
    );
    // Head of the file, then of the attribute, and its data.
    const firstText = 6 + 9 + 5;
    for (let length = 0; length < bytes.length; length++) {
      const text = length < firstText ? '' : 'Text';
      expect(await readTnef(bytes.slice(0, length))).toEqual({ text, attachments: [] });
    }
    // A text of 4,000 bytes, of which there are two, behind an attachment with a name.
    const long = property(0x1f, 0x1000, wide('x'));
    new DataView(long.buffer).setUint32(12, 4000, true);
    const lying = file(attribute(0x18010, ascii('plan.pdf\0')), attribute(0x69003, long));
    expect(await readTnef(lying)).toEqual({ text: '', attachments: ['plan.pdf'] });
  });
});

describe('RTF', () => {
  it.each<[string, string, boolean]>([
    ['{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}\\f0 One\\par Two\\tab\\{3\\}}', 'One\nTwo\t{3}', false],
    ['{\\rtf1\\ansi\\uc1 \\u8364?5 \\u-10179?\\u-8704?}', '€5 😀', false],
    ["{\\rtf1{\\*\\generator Riched20;}\\ansicpg1251 \\'cf\\'f0}", 'Пр', false],
    [
      '{\\rtf1\\ansi\\fromhtml1 {\\*\\htmltag64 <p>}\\htmlrtf \\par\\htmlrtf0 Hi {\\*\\htmltag84 <b>}you{\\*\\htmltag92 </b>}}',
      '<p>Hi <b>you</b>',
      true,
    ],
  ])('%s', (rtf, text, isHtml) => {
    expect(rtfContent(rtf)).toEqual({ text, isHtml });
  });
});

describe('calendars', () => {
  it('reads zones, days, people, folded and escaped lines, and no alarm', () => {
    const calendar = [
      'BEGIN:VCALENDAR',
      'BEGIN:VTIMEZONE',
      'DTSTART:19700101T000000',
      'END:VTIMEZONE',
      'BEGIN:VEVENT',
      'SUMMARY:Budget\\, second ro',
      ' und',
      'DTSTART;TZID=Europe/Berlin:20250303T090000',
      'DTEND;VALUE=DATE:20250304',
      'ORGANIZER;CN="Lee: Ann":mailto:ann@x.example',
      'BEGIN:VALARM',
      'DESCRIPTION:Reminder',
      'END:VALARM',
      'END:VEVENT',
      'END:VCALENDAR',
    ].join('\r\n');
    expect(calendarText(calendar)).toBe(
      'Event: Budget, second round\nStart: 2025-03-03 09:00 Europe/Berlin\nEnd: 2025-03-04\nOrganizer: Lee: Ann <ann@x.example>',
    );
    expect(calendarText('BEGIN:VCALENDAR\nEND:VCALENDAR')).toBe('');
  });
});

/** Lists of words that the rules of the scorer turn on. */

const set = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

export const ARTICLES = set('a an the');

/** Words that carry no answer of their own. */
export const FUNCTION_WORDS = set(
  'a an the at on by in to from of for with into onto upon within during through via per as until till about around ' +
    'approximately roughly circa is was were are be been being am it its this that these those there here he she they we you i ' +
    'his her their our your my him them us me who whom which what when where how why will would shall should has have had ' +
    'do does did can so then also just only exactly precisely now currently still already soon very quite more total ' +
    'totals totaling totalling because due since if than and or plus but between each every all both any some such ' +
    'according approx ca one ones own sharp per apiece altogether overall yes no ok okay sure well hi hello thanks answer ' +
    'im ive its thats hes shes theyre were youre ill hell itll itd been not up down out off over under after before yet least most minimum maximum max min more less fewer ',
);

/** Words that stand beside an answer without being another one. */
export const COMPANIONS = set(
  'yes no ok okay sure hi hello thanks sorry please so well answer mr mrs ms miss dr prof sir madam ceo cfo cto coo vp svp evp ' +
    'senior executive president vice director manager head lead leader chief officer chairman analyst trader lawyer attorney secretary assistant ' +
    'engineer counsel accountant consultant partner project team company client group department dept office ' +
    'room building floor suite inc ltd llc corp corporation co gmbh plc lp llp number no nr code id file called named name ' +
    'named mail email message subject value amount price cost sum fee date time day deadline address phone telephone cell ' +
    'mobile fax street city town color colour total city state county airport hotel street conference local new current ' +
    'contact ask see call item items part option version invoice order account people persons units pieces copies times',
);

export const TITLES = set('mr mrs ms miss dr prof professor sir madam mister doctor');

export const NEGATIONS = set(
  'not never neither nor isnt wasnt arent werent doesnt didnt dont wont cannot cant couldnt wouldnt shouldnt hasnt havent hadnt ' +
    'wrong incorrect false untrue mistaken outdated nobody none without',
);
/** Put the words behind them aside: "X instead of Y", "anything but Y". */
export const EXCEPTIONS = set('except excluding unlike');
/** What was, not what is. */
export const FORMER = set('formerly previously originally initially former ex earlier');
export const HEDGES = set(
  'either maybe perhaps possibly possible might unsure unclear alternatively probably presumably likely guess guessing uncertain',
);
export const JOINS = set('and plus or versus vs nor then');
export const AUXILIARIES = set(
  'is was were are be been am do does did has have had will would shall should can could may might must its thats hes shes theyre',
);
export const CHANGES = set(
  'moved changed rescheduled postponed shifted increased decreased raised lowered cut reduced went rose fell updated revised extended ' +
    'brought pushed delayed switched corrected amended dropped grew renamed relocated reassigned',
);

export const WHO = set('who whom whose');

const NICKNAMES = (
  'bob robert rob|bill william will|mike michael|jim james jimmy|jeff jeffrey geoffrey|tom thomas|dave david|dan daniel danny|' +
  'steve steven stephen|chris christopher christine christina|kate katherine catherine kathy katie|liz elizabeth beth betty|' +
  'rick richard dick rich|ken kenneth|matt matthew|tony anthony|joe joseph|andy andrew|ben benjamin|sam samuel samantha|' +
  'greg gregory|ron ronald|don donald|ed edward eddie|nick nicholas|pat patrick patricia|sue susan|jen jennifer jenny|' +
  'debbie deborah debra|phil philip phillip|tim timothy|larry lawrence|jerry gerald|charlie charles|alex alexander alexandra|' +
  'max maximilian|meg margaret peggy|ray raymond|doug douglas|jon jonathan|josh joshua|fred frederick|vince vincent'
)
  .split('|')
  .map((names) => set(names));

/** Forms of one first name: "Mike" and "Michael". */
export function isNickname(a: string, b: string): boolean {
  return NICKNAMES.some((names) => names.has(a) && names.has(b));
}

/** One spelling for words that are written in two ways. */
const SPELLINGS: Readonly<Record<string, string>> = Object.fromEntries(
  (
    'street=st avenue=ave road=rd boulevard=blvd drive=dr lane=ln suite=ste apartment=apt floor=fl building=bldg room=rm department=dept ' +
    'square=sq mount=mt fort=ft saint=st incorporated=inc corporation=corp limited=ltd company=co colour=color favour=favor ' +
    'labour=labor honour=honor harbour=harbor neighbour=neighbor centre=center theatre=theater metre=meter litre=liter grey=gray ' +
    'cancelled=canceled cancelling=canceling programme=program cheque=check licence=license defence=defense tyre=tire ' +
    'organisation=organization organise=organize realise=realize analyse=analyze travelling=traveling versus=vs mister=mr doctor=dr ' +
    'professor=prof okay=ok e-mail=email tel=telephone phone=telephone highway=hwy parkway=pkwy place=pl court=ct north=n south=s east=e west=w ' +
    'northeast=ne northwest=nw southeast=se southwest=sw first=1st second=2nd third=3rd'
  )
    .split(' ')
    .map((pair) => pair.split('=') as [string, string]),
);

export function spelling(word: string): string {
  return Object.hasOwn(SPELLINGS, word) ? (SPELLINGS[word] ?? word) : word;
}

export const COMPANY_FORMS = set(
  'inc ltd llc corp corporation co company gmbh plc lp llp incorporated limited ag sa nv',
);

const STATES =
  'al=alabama ak=alaska az=arizona ar=arkansas ca=california co=colorado ct=connecticut de=delaware fl=florida ga=georgia hi=hawaii ' +
  'id=idaho il=illinois in=indiana ia=iowa ks=kansas ky=kentucky la=louisiana me=maine md=maryland ma=massachusetts mi=michigan ' +
  'mn=minnesota ms=mississippi mo=missouri mt=montana ne=nebraska nv=nevada nj=newjersey nm=newmexico ny=newyork nc=northcarolina ' +
  'nd=northdakota oh=ohio ok=oklahoma or=oregon pa=pennsylvania sc=southcarolina sd=southdakota tn=tennessee tx=texas ut=utah ' +
  'vt=vermont va=virginia wa=washington wv=westvirginia wi=wisconsin wy=wyoming dc=districtofcolumbia';
const COUNTRIES =
  'usa us uk unitedstates unitedkingdom england scotland wales ireland germany france spain italy portugal netherlands belgium austria ' +
  'switzerland sweden norway denmark finland poland greece turkey canada mexico brazil argentina chile india china japan korea ' +
  'australia russia ukraine israel egypt singapore';
const STATE_NAMES = new Map(STATES.split(' ').map((pair) => pair.split('=') as [string, string]));
const STATE_CODES = new Map([...STATE_NAMES].map(([code, name]) => [name, code]));
const REGIONS = new Set([...STATE_NAMES.keys(), ...STATE_NAMES.values(), ...COUNTRIES.split(' ')]);

/** `TX` for Texas; the word itself for others. */
export function stateCode(word: string): string {
  return STATE_CODES.get(word.toLowerCase()) ?? word;
}

/** Whether the words name a state or a country that may stand behind a town: "Houston, TX". */
export function isRegion(joined: string): boolean {
  return REGIONS.has(joined);
}

/** Good enough to see that a word is in the question: no dictionary, English endings only. */
export function stem(word: string): string {
  if (word.length < 4) return word;
  return word
    .replace(/ies$/, 'y')
    .replace(/(?:sses)$/, 'ss')
    .replace(/(?<=[^s])s$/, '')
    .replace(/(?:ing|ed)$/, '')
    .replace(/(.)\1$/, '$1')
    .replace(/e$/, '');
}

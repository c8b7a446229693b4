/** Given names that are common in English mail: what tells a person, as in "call Ann Lee", from any other capital words. */
export const FIRST_NAMES: ReadonlySet<string> = new Set(
  (
    'aaron adam adrian alan albert alex alexander alice alison allen amanda amy ana andrea andrew andy ' +
    'angela angie anita ann anna anne annette anthony antonio april arthur barbara barry becky ben ' +
    'benjamin bernard bert beth betty beverly bill billy bob bonnie brad bradley brandon brenda brent ' +
    'brett brian bruce bryan carl carla carlos carmen carol caroline carolyn carrie catherine cathy chad ' +
    'charles charlie charlotte cheryl chris christian christina christine christopher chuck cindy claire ' +
    'clara clark claudia clint colin connie corey craig crystal curtis cynthia dale dan dana daniel danny ' +
    'darrell darren dave david dawn dean deb debbie deborah debra denise dennis derek diana diane dick ' +
    'don donald donna doug douglas drew duane duncan dylan ed eddie edward eileen elaine elena elizabeth ' +
    'ellen emily emma eric erica erik erin ernest eugene eva evan eve evelyn felix fiona frances francis ' +
    'frank fred gabriel gail gary gene george gerald gina glen glenn gloria gordon grace greg gregory ' +
    'gretchen guy gwen hal hannah hans harold harry heather hector heidi helen henry holly howard hugh ' +
    'hugo ian irene iris isabel ivan jack jackie jacob jacqueline jake james jamie jan jane janet janice ' +
    'jason jay jean jeanne jeff jeffrey jen jennifer jenny jeremy jerry jesse jessica jill jim jimmy joan ' +
    'joann joanna joe joel john johnny jon jonathan jordan jorge jose joseph josh joshua joyce juan ' +
    'judith judy julia julian julie justin kai karen karl kate katherine kathleen kathy katie kay keith ' +
    'kelly ken kenneth kenny kevin kim kimberly kirk kristen kristin kurt kyle larry laura lauren laurie ' +
    'lawrence leah lee leo leon leonard leslie li liam lillian linda lisa liz lois lori louis louise ' +
    'lucas lucy luis luke lynn manuel marc marcia marcus margaret maria marie marilyn mario mark martha ' +
    'martin marvin mary matt matthew maureen max megan mei melanie melissa mia michael michele michelle ' +
    'miguel mike mitch mohammed mollie molly monica nancy naomi natalie nathan neil nicholas nick nicole ' +
    'nina nora norman olga oliver olivia oscar pablo pam pamela pat patricia patrick patti paul paula ' +
    'pedro peggy penny peter phil philip phillip phyllis priya rachel raj ralph randall randy ray raymond ' +
    'rebecca regina renee rhonda ricardo richard rick ricky rita rob robert roberta roberto robin rod ' +
    'roger ron ronald rosa rose ross roy russ russell ruth ryan sally sam samantha samuel sandra sara ' +
    'sarah scott sean sergio seth shannon sharon shawn sheila shelley sherri sherry shirley simon sofia ' +
    'sonia sophie stacey stacy stan stanley stephanie stephen steve steven stuart sue susan suzanne ' +
    'sylvia tamara tammy tana tara ted teresa terri terry theresa thomas tim timothy tina todd tom tomas ' +
    'tommy toni tony tracey tracy travis trevor tyler valerie vanessa vera vernon veronica vicki vickie ' +
    'victor victoria vince vincent virginia walter wanda warren wayne wendy will william xavier yolanda ' +
    'yuki yvonne zoe'
  ).split(' '),
);

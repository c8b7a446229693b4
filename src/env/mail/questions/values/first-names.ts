/** Given names that are common in English mail: what tells "call Ann Lee" from "call Customer Care". */
export const FIRST_NAMES: ReadonlySet<string> = new Set(
  (
    'aaron adam alan albert alex alexander alice alison allen amanda amy andrea andrew andy angela angie ann anna ' +
    'anne annette anthony april arthur barbara barry becky ben benjamin bernard bert beth betty beverly bill ' +
    'billy bob bonnie brad brandon brenda brent brett brian bruce bryan carl carla carlos carol caroline carolyn ' +
    'carrie cathy charles charlie charlotte chad cheryl chris christian christina christine christopher chuck ' +
    'cindy claire clark claudia clint colin connie corey craig crystal curtis cynthia dale dan dana daniel danny ' +
    'darrell dave david dawn dean deb debbie debra denise dennis derek diana diane dick don donald donna doug ' +
    'douglas drew duane dylan ed eddie edward eileen elaine elizabeth ellen emily eric erica erik erin eugene eva ' +
    'evan evelyn frances francis frank fred gail gary gene george gerald gina glen glenn gloria gordon grace greg ' +
    'gregory gretchen guy gwen hal hans harold harry heather heidi helen henry holly howard hugh ian irene iris ' +
    'jack jackie jacob jacqueline james jamie jan jane janet janice jason jay jean jeanne jeff jeffrey jen ' +
    'jennifer jenny jeremy jerry jesse jessica jill jim jimmy joan joann joe joel john johnny jon jonathan jordan ' +
    'jose joseph josh joshua joyce juan judith judy julia julie justin karen kate katherine kathleen kathy katie ' +
    'kay keith kelly ken kenneth kenny kevin kim kimberly kirk kristen kristin kurt kyle larry laura lauren ' +
    'laurie lawrence leah lee leo leonard leslie liam lillian linda lisa liz lois lori louis louise luis lynn ' +
    'marc marcia marcus margaret maria marie marilyn mark martha martin marvin mary matt matthew maureen megan ' +
    'melanie melissa michael michele michelle miguel mike mitch mollie molly monica nancy natalie nathan neil ' +
    'nicholas nick nicole norman olivia pam pamela pat patricia patrick patti paul paula peggy penny peter phil ' +
    'philip phillip phyllis rachel ralph randall randy ray raymond rebecca regina rhonda richard rick ricky rob ' +
    'robert roberta robin rod roger ron ronald rosa rose ross roy russ russell ruth ryan sally sam samantha ' +
    'samuel sandra sara sarah scott sean shannon sharon shawn sheila shelley sherri sherry shirley simon sonia ' +
    'sophie stacey stacy stan stanley stephanie stephen steve steven stuart sue susan suzanne sylvia tamara tammy ' +
    'tara ted teresa terri terry theresa thomas tim timothy tina todd tom tommy toni tony tracey tracy travis ' +
    'trevor tyler valerie vanessa vernon vicki vickie victor victoria vince vincent virginia walter wanda warren ' +
    'wayne wendy will william yolanda yvonne'
  ).split(' '),
);

import type { JoiningWords } from './en-joining.ts';

export const deJoining: JoiningWords = {
  joining: {
    title: 'Labor',
    meaning: 'Solange diese Station geteilt ist, darf herein, wen das Verzeichnis ihres Labors schickt.',
    none: 'Diese Station gehört zu keinem Labor.',
    called: 'Heißt dort {id}',
    leave: 'Verlassen',
    leaveSure: '{name} verlassen? Wen es geschickt hat, muss gehen.',
    join: 'Einem Labor beitreten',
    where:
      'Was hier einzugeben ist, steht auf der Laborseite des Verzeichnisses, wo die Administration diese Station ändert.',
    url: 'Adresse des Verzeichnisses',
    station: 'Kennung dieser Station dort',
    ask: 'Nach dem Schlüssel fragen',
    asking: 'Das Verzeichnis wird gefragt…',
    compare:
      'Unter {url} wird dieser Schlüssel gezeigt. Vergleichen Sie ihn mit dem auf der Laborseite des Verzeichnisses selbst. Nur wenn sie bis zum letzten Zeichen gleich sind, ist es dieses Verzeichnis.',
    same: 'Gleich: beitreten als {id}',
    other: 'Ein anderer: nicht beitreten',
    fixed:
      'Die Streams wurden auf der Befehlszeile angegeben. Um hier einem Labor beizutreten oder es zu verlassen, Eyepiece ohne --camera und --source starten.',
    key: 'Schlüssel dieses Verzeichnisses',
    keyMeaning:
      'Eine Station, die beitritt, zeigt diesen Schlüssel auf ihrem eigenen Bildschirm; dort wird er mit diesem verglichen.',
    how: 'Wie diese Station beitritt',
    howTo:
      'Auf ihrem eigenen Bildschirm, in den Einstellungen unter Labor, gibt jemand diese beiden ein und vergleicht den Schlüssel.',
    address: 'Adresse',
    id: 'Kennung',
    closed: 'keine, weil die Netztür dieses Verzeichnisses geschlossen ist',
    headless: 'Bei einer Station ohne Bildschirm steht stattdessen dies in ihrer station.json.',
    copy: 'Eintrag kopieren',
  },
};

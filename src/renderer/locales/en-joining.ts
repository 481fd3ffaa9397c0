/** The words about how a station joins a lab: at its own screen, and at the directory. */
export const enJoining = {
  joining: {
    title: 'Lab',
    meaning: 'While this station is shared, whoever the directory of its lab sends may come in.',
    none: 'This station is in no lab.',
    called: 'Called {id} there',
    leave: 'Leave',
    leaveSure: 'Leave {name}? Whoever it has sent has to go.',
    join: 'Join a lab',
    where: 'What to type is on the directory’s Lab page, where an administrator changes this station.',
    url: 'Address of the directory',
    station: 'Id of this station there',
    ask: 'Ask for its key',
    asking: 'Asking the directory…',
    compare:
      'At {url} this key is shown. Compare it with the one on the directory’s own Lab page. Only if they are the same to the last sign is it that directory.',
    same: 'The same: join as {id}',
    other: 'Another one: do not join',
    fixed:
      'The streams were given on the command line. Start Eyepiece without --camera and --source to join or leave a lab here.',
    key: 'Key of this directory',
    keyMeaning: 'A station that joins shows this key on its own screen, to be compared with it here.',
    how: 'How this station joins',
    howTo: 'On its own screen, in the settings, under Lab, somebody types these two and compares the key.',
    address: 'Address',
    id: 'Id',
    closed: 'none, because the network door of this directory is closed',
    headless: 'A station without a screen has this in its station.json instead.',
    copy: 'Copy the entry',
  },
};

/** The shape of these words in every language. */
export type JoiningWords = typeof enJoining;

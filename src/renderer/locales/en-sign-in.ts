/** The words about coming in, being somebody, and links into the page. */
export const enSignIn = {
  signIn: {
    title: 'Sign in to this station',
    ended: 'This link has ended.',
    endedHint: 'Ask at the station for a new one.',
    signInEnded: 'You have been signed out.',
    signInEndedHint: 'Sign in again to go on.',
    signedOut: 'You have signed out.',
    signedOutHint: 'Nothing of your sign-in is left in this browser.',
    noLinkHint: 'Open the guest link or scan the code that the station shows, or sign in here.',
    asUser: 'With a name',
    name: 'Name',
    password: 'Password',
    showPassword: 'Show the password',
    submit: 'Sign in',
    asGuest: 'I have a code',
    code: 'Code on the station’s screen',
    codePlaceholder: 'XXXX-XXXX',
    enter: 'Watch',
    busy: 'Asking the station…',
    plain: 'This connection is not encrypted: others on the network could read what you type.',
  },
  signInFault: {
    nameMissing: 'Type your name.',
    passwordMissing: 'Type your password.',
    codeMissing: 'Type the code.',
    refused: 'The name or the password is wrong.',
    codeRefused: 'This code is wrong, or has ended. The station shows the one that holds.',
    wait: 'Too many wrong tries. Next try in {time}.',
    waitOver: 'Try again now.',
    unreachable: 'The station does not answer. Try again.',
    internal: 'Something went wrong. Try again.',
  },
  role: {
    guest: 'Guest',
    viewer: 'Viewer',
    operator: 'Operator',
    admin: 'Administrator',
  },
  me: {
    label: '{name}, {role}',
    title: 'Who you are',
    mayAll: 'All pictures of this station',
    maySome: 'Some of this station’s pictures',
    signOut: 'Sign out',
  },
  /** Of the page that is loaded when it is opened. */
  part: {
    loading: 'Loading…',
    outdated: 'The station has been updated since this page was opened, and this part no longer fits it.',
    loadsAnew: 'The page loads itself anew…',
    loadAnew: 'Load the page anew',
  },
  link: {
    copy: 'Copy link',
    copied: 'Link copied.',
    copyByHand: 'Copy the link from here:',
    hint: 'It lets nobody in by itself: whoever opens it has to sign in.',
    broken: 'There is no such picture here.',
    brokenHint: 'The link names a stream that the station does not have, or that you may not see.',
    noLab: 'There is no lab here.',
    noLabHint: 'The link leads into the lab, which this station does not keep, or that you may not see.',
    wall: 'Show all pictures',
  },
  log: {
    notAllowed: 'What the station has seen is told to operators only; these lines are this page’s own.',
  },
  display: 'Display and language',
};

/** The shape of these words in every language. */
export type SignInWords = typeof enSignIn;

import type { JoiningWords } from './en-joining.ts';

export const frJoining: JoiningWords = {
  joining: {
    title: 'Labo',
    meaning: 'Tant que cette station est partagée, peut entrer qui l’annuaire de son labo envoie.',
    none: 'Cette station ne fait partie d’aucun labo.',
    called: 'S’y appelle {id}',
    leave: 'Quitter',
    leaveSure: 'Quitter {name} ? Qui est venu par lui devra partir.',
    join: 'Rejoindre un labo',
    where:
      'Ce qu’il faut taper se trouve sur la page Labo de l’annuaire, là où l’administration modifie cette station.',
    url: 'Adresse de l’annuaire',
    station: 'Identifiant de cette station là-bas',
    ask: 'Demander sa clé',
    asking: 'Interrogation de l’annuaire…',
    compare:
      'À l’adresse {url}, cette clé est montrée. Comparez-la avec celle de la page Labo de l’annuaire lui-même. C’est bien cet annuaire seulement si elles sont identiques jusqu’au dernier signe.',
    same: 'Identique : rejoindre comme {id}',
    other: 'Différente : ne pas rejoindre',
    fixed:
      'Les flux ont été donnés en ligne de commande. Démarrez Eyepiece sans --camera ni --source pour rejoindre ou quitter un labo ici.',
    key: 'Clé de cet annuaire',
    keyMeaning:
      'Une station qui rejoint le labo montre cette clé sur son propre écran, pour la comparer avec celle-ci.',
    how: 'Comment cette station rejoint le labo',
    howTo: 'Sur son propre écran, dans les réglages, sous Labo, quelqu’un tape ces deux valeurs et compare la clé.',
    address: 'Adresse',
    id: 'Identifiant',
    closed: 'aucune, car la porte réseau de cet annuaire est fermée',
    headless: 'Une station sans écran a plutôt ceci dans sa station.json.',
    copy: 'Copier l’entrée',
  },
};

import type { OverHttpWords } from './en-over-http.ts';

export const frOverHttp: OverHttpWords = {
  http: {
    badge: 'par HTTP',
    label: 'par HTTP, à cadence réduite',
    sentence: 'Les images arrivent par HTTP, moins nombreuses par seconde que par WebRTC.',
    why: {
      no_webrtc: 'Ce navigateur n’a pas WebRTC, ou il est désactivé.',
      no_common_codec: 'Ce navigateur ne lit pas les formats vidéo de la station.',
      no_path:
        'WebRTC ne trouve aucun chemin vers la station. Laissez passer UDP ou TCP vers elle dans le pare-feu, ou installez un serveur TURN.',
    },
    back: 'Les images arrivent de nouveau par WebRTC.',
    path: 'Chemin',
    mjpeg: 'HTTP (flux MJPEG)',
    asking: 'HTTP (JPEG isolés, un par seconde au plus)',
    rate: 'Cadence',
    ofCamera: '{rate} ; la caméra donne {camera}',
    shown: 'Images affichées',
    traffic: 'Trafic',
    perSecond: '{size} par seconde',
    age: 'Âge de l’image',
    latency: 'Latence',
    size: 'Taille',
    rtp: 'Perte, gigue, aller-retour, tampon',
    notOverHttp: 'non disponible par HTTP',
    tryWebRtc: 'Essayer WebRTC maintenant',
    tryingWebRtc: 'Essai de WebRTC…',
  },
};

import type { OverHttpWords } from './en-over-http.ts';

export const deOverHttp: OverHttpWords = {
  http: {
    badge: 'über HTTP',
    label: 'über HTTP mit weniger Bildern',
    sentence: 'Die Bilder kommen über HTTP, weniger je Sekunde als über WebRTC.',
    why: {
      no_webrtc: 'Dieser Browser hat kein WebRTC, oder es ist abgeschaltet.',
      no_common_codec: 'Dieser Browser kann die Videoformate der Station nicht abspielen.',
      no_path:
        'WebRTC findet keinen Weg zur Station. Lassen Sie UDP oder TCP durch die Firewall zu ihr, oder richten Sie einen TURN-Server ein.',
    },
    back: 'Die Bilder kommen wieder über WebRTC.',
    path: 'Weg',
    mjpeg: 'HTTP (MJPEG-Strom)',
    asking: 'HTTP (einzelne JPEGs, höchstens eines je Sekunde)',
    rate: 'Rate',
    ofCamera: '{rate}; die Kamera liefert {camera}',
    shown: 'Gezeigte Bilder',
    traffic: 'Verkehr',
    perSecond: '{size} je Sekunde',
    age: 'Alter des Bildes',
    latency: 'Latenz',
    size: 'Größe',
    rtp: 'Verlust, Jitter, Umlaufzeit, Puffer',
    notOverHttp: 'über HTTP nicht verfügbar',
    tryWebRtc: 'WebRTC jetzt versuchen',
    tryingWebRtc: 'WebRTC wird versucht…',
  },
};

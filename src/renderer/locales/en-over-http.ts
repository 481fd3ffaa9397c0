/** The words about pictures that come over HTTP, where WebRTC can't bring them. */
export const enOverHttp = {
  http: {
    /** Spoken as it is, written in capitals. */
    badge: 'over HTTP',
    label: 'over HTTP at a reduced rate',
    sentence: 'Pictures come over HTTP, fewer a second than over WebRTC.',
    why: {
      no_webrtc: 'This browser has no WebRTC, or it is switched off.',
      no_common_codec: 'This browser can’t play the station’s video formats.',
      no_path:
        'WebRTC finds no way to the station. Let UDP or TCP through the firewall to it, or set up a TURN server.',
    },
    back: 'Pictures come over WebRTC again.',
    path: 'Path',
    mjpeg: 'HTTP (MJPEG)',
    asking: 'HTTP (single JPEGs, one a second at most)',
    rate: 'Rate',
    ofCamera: '{rate}; the camera gives {camera}',
    shown: 'Pictures shown',
    traffic: 'Traffic',
    perSecond: '{size} a second',
    age: 'Age of the picture',
    latency: 'Latency',
    size: 'Size',
    rtp: 'Loss, jitter, round trip, buffer',
    notOverHttp: 'not available over HTTP',
    tryWebRtc: 'Try WebRTC now',
    tryingWebRtc: 'Trying WebRTC…',
  },
};

/** The shape of every language. */
export type OverHttpWords = typeof enOverHttp;

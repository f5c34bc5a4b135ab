# Cases about permessage-deflate, which this version of Autobahn lacks, on the plan of the categories 12 and 13 of later ones: messages of eighteen
# shapes are sent compressed, one by one, and must come back as they were. 12.1 sends JSON, 12.4 text of several scripts; 13.1 to 13.7 make seven
# different offers. Categories of binary messages (12.2, 12.3, 12.5) are left out. Runs within Autobahn's own client; MESSAGES is how many each case sends.
import json
import random

from autobahn.compress import PerMessageDeflateOffer, PerMessageDeflateResponseAccept
from autobahntestsuite import case

# Bytes of a message, and of its fragments once compressed; 0 is one frame.
SHAPES = ([(size, 0) for size in (16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072)]
          + [(size, 256) for size in (8192, 16384, 32768, 65536, 131072)]
          + [(131072, fragment) for fragment in (1024, 4096, 32768)])

# Whether the server shall keep no context, and its greatest window (0: any), offer by offer.
OFFERS = [[(False, 0)], [(True, 0)], [(False, 9)], [(False, 15)], [(True, 9)], [(True, 15)], [(True, 9), (True, 0), (False, 0)]]

WORDS = [u'signal ', u'mirror ', u'sun ', u'caf\u00e9 ', u'\u0436\u0443\u0440\u043d\u0430\u043b ', u'\u65e5\u672c\u8a9e ', u'\U0001f680 ']


def json_text(rnd, size):
    rows = []
    while len(rows) * 20 < size:
        rows.append({'id': rnd.randrange(100000), 'name': rnd.choice(['sun', 'mirror', 'lamp']), 'on': rnd.random() < 0.5})
    return json.dumps(rows)[:size].ljust(size)


def many_scripts(rnd, size):
    text = ''
    while len(text) < size:
        text += rnd.choice(WORDS).encode('utf8')
    return text[:size].decode('utf8', 'ignore').encode('utf8').ljust(size)


class CompressionCase(case.Case):
    EXPECTATION = 'Each message comes back as it was sent.'

    def init(self):
        self.p.perMessageCompressionOffers = [
            PerMessageDeflateOffer(requestNoContextTakeover=no_context, requestMaxWindowBits=bits)
            for (no_context, bits) in self.OFFER]
        self.p.perMessageCompressionAccept = lambda response: PerMessageDeflateResponseAccept(response)
        self.random = random.Random(self.SIZE)
        self.left = MESSAGES

    def onOpen(self):
        self.p.enableWirelog(False)
        self.expectedClose = {'closedByMe': True, 'closeCode': [self.p.CLOSE_STATUS_CODE_NORMAL], 'requireClean': True}
        self.trafficStats = self.p.trafficStats
        if self.p._perMessageCompress is None:
            self.finish(case.Case.UNIMPLEMENTED, 'No offer was accepted.')
        else:
            self.p.closeAfter(self.SECONDS)
            self.send()

    def send(self):
        self.sent = self.TEXT(self.random, self.SIZE)
        self.p.sendMessage(self.sent, payload_frag_size=self.FRAGMENT or None)

    def onMessage(self, message, binary):
        self.left -= 1
        if binary or message != self.sent:
            self.finish(case.Case.FAILED, 'A message came back changed.')
        elif self.left > 0:
            self.send()
        else:
            self.finish(case.Case.OK, 'All messages came back.')

    def finish(self, behavior, result):
        self.behavior = behavior
        self.result = result
        self.p.enableWirelog(True)
        self.p.sendClose(self.p.CLOSE_STATUS_CODE_NORMAL)


def add_case(category, part, text, offer):
    for i, (size, fragment) in enumerate(SHAPES):
        case.Cases.append(type('Case%d_%d_%d' % (category, part, i + 1), (CompressionCase, object), {
            'DESCRIPTION': 'Messages of %d bytes, compressed, in fragments of %d bytes.' % (size, fragment),
            'SIZE': size, 'FRAGMENT': fragment, 'TEXT': staticmethod(text), 'OFFER': offer, 'SECONDS': 600}))


add_case(12, 1, json_text, [(False, 0)])
add_case(12, 4, many_scripts, [(False, 0)])
for part, offer in enumerate(OFFERS):
    add_case(13, part + 1, json_text, offer)

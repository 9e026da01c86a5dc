"""English names of the languages that cards name most, by code (ISO 639-1; 639-3 where none is shorter)."""

_NAMES = """
af Afrikaans; am Amharic; ar Arabic; as Assamese; az Azerbaijani; be Belarusian; bg Bulgarian; bn Bengali;
bo Tibetan; br Breton; bs Bosnian; ca Catalan; ceb Cebuano; cs Czech; cy Welsh; da Danish; de German; el
Greek; en English; eo Esperanto; es Spanish; et Estonian; eu Basque; fa Persian; fi Finnish; fil Filipino;
fo Faroese; fr French; fy Western Frisian; ga Irish; gd Scottish Gaelic; gl Galician; gn Guarani; gu
Gujarati; ha Hausa; haw Hawaiian; he Hebrew; hi Hindi; hr Croatian; ht Haitian Creole; hu Hungarian; hy
Armenian; id Indonesian; ig Igbo; is Icelandic; it Italian; ja Japanese; jv Javanese; ka Georgian; kk
Kazakh; km Khmer; kn Kannada; ko Korean; ku Kurdish; ky Kyrgyz; la Latin; lb Luxembourgish; lo Lao; lt
Lithuanian; lv Latvian; mg Malagasy; mi Maori; mk Macedonian; ml Malayalam; mn Mongolian; mr Marathi; ms
Malay; mt Maltese; my Burmese; ne Nepali; nl Dutch; nn Norwegian Nynorsk; no Norwegian; nb Norwegian
Bokmål; oc Occitan; or Odia; pa Punjabi; pl Polish; ps Pashto; pt Portuguese; qu Quechua; ro Romanian; ru
Russian; rw Kinyarwanda; sa Sanskrit; sd Sindhi; si Sinhala; sk Slovak; sl Slovenian; sn Shona; so Somali;
sq Albanian; sr Serbian; su Sundanese; sv Swedish; sw Swahili; ta Tamil; te Telugu; tg Tajik; th Thai; ti
Tigrinya; tk Turkmen; tl Tagalog; tr Turkish; tt Tatar; ug Uyghur; uk Ukrainian; ur Urdu; uz Uzbek; vi
Vietnamese; wo Wolof; xh Xhosa; yi Yiddish; yo Yoruba; yue Cantonese; zh Chinese; zu Zulu; code Code;
multilingual Multilingual
"""
_PAIRS = (entry.split(None, 1) for entry in _NAMES.replace("\n", " ").split(";"))
LANGUAGES: dict[str, str] = {code: name.strip() for code, name in _PAIRS}

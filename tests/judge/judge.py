"""Judges the messages of shape_bodies with Python's standard library: judge.py PROGRAM.

What our builders write, Python must read as the same values; what Python writes, our matchers must read as the same values.
"""
import csv
import email.policy
import io
import json
import random
import subprocess
import sys
import urllib.parse
import xml.etree.ElementTree as xml
from email.parser import BytesParser

program = sys.argv[1]


def read_csv(body, **dialect):
    return list(csv.reader(io.StringIO(body.decode("utf-8"), newline=""), strict=True, **dialect))


def read_parts(body):
    boundary = body.split(b"\r\n", 1)[0][2:]
    head = b"Content-Type: multipart/form-data; boundary=" + boundary + b"\r\n\r\n"
    message = BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    assert message.is_multipart() and not message.defects, message.defects
    found = {}
    for part in message.get_payload():
        name = part.get_param("name", header="content-disposition")
        found[name] = (part.get_filename(), part.get_payload(decode=True).decode("utf-8"), part.get_content_type())
    return found


def values_of(kind, body):
    if kind == "form":
        pairs = urllib.parse.parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True)
        assert [name for name, _ in pairs] == ["a", "b", "c"]
        return [value for _, value in pairs]
    if kind == "json":
        return [json.loads(body)[name] for name in "abc"]
    if kind == "csv":
        (row,) = read_csv(body)
        return row
    if kind == "csv_dialect":
        (row,) = read_csv(body, delimiter=";", quotechar="'")
        return row
    if kind == "csv_header":
        header, row = read_csv(body)
        assert header == ["a", "b", "c"]
        return row
    if kind == "xml":
        root = xml.fromstring(body)
        return [root.get("a"), root.findtext("b"), root.findtext("{urn:x}c")]
    parts = read_parts(body)
    assert parts["file"][2] == "text/plain"
    return [parts["a"][1], parts["file"][0], parts["file"][1]]


def body_of(kind, values, chance):
    a, b, c = values
    if kind == "form":
        return urllib.parse.urlencode([("c", c), ("x", "1"), ("a", a), ("b", b)]).encode("ascii")
    if kind == "json":
        return json.dumps({"c": c, "x": [1, {"a": 2}], "b": b, "a": a}, ensure_ascii=chance.random() < 0.5).encode("utf-8")
    if kind in ("csv", "csv_dialect", "csv_header"):
        out = io.StringIO(newline="")
        dialect = {"delimiter": ";", "quotechar": "'"} if kind == "csv_dialect" else {}
        writer = csv.writer(out, lineterminator=chance.choice(["\n", "\r\n"]), quoting=chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), **dialect)
        if kind == "csv_header":
            writer.writerow(["c", "more", "a", "b"])
            writer.writerow([c, "", a, b])
        else:
            writer.writerow(values)
        return out.getvalue().encode("utf-8")
    if kind == "xml":
        root = xml.Element("r", {"a": a})
        xml.SubElement(root, "{urn:x}c").text = c
        xml.SubElement(root, "b").text = b
        return xml.tostring(root, encoding="utf-8", xml_declaration=chance.random() < 0.5)
    boundary = "b%016x" % chance.getrandbits(64)
    return (f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{b}"\r\nContent-Type: text/plain\r\n\r\n{c}\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n{a}\r\n--{boundary}--\r\n').encode("utf-8")


def unhex(text):
    return b"" if text == "-" else bytes.fromhex(text)




def judge_built():
    count = 0
    for line in subprocess.run([program, "build"], check=True, capture_output=True, text=True).stdout.splitlines():
        kind, body, *values = line.split(" ")
        wanted = [unhex(value).decode("utf-8") for value in values]
        found = [value or "" for value in values_of(kind, unhex(body))]
        assert found == wanted, (kind, unhex(body), wanted, found)
        count += 1
    return count


def judge_matched():
    chance = random.Random(11)
    alphabet = "ABCabc019 \"'&<>;,=%+/é漢😀\t"
    count = 0
    for kind in ("form", "json", "csv", "csv_dialect", "csv_header", "xml", "multipart"):
        wanted, lines = [], []
        for _ in range(200):
            values = ["".join(chance.choice(alphabet) for _ in range(chance.randrange(1, 9))) for _ in range(3)]
            if kind == "xml":
                values[0] = values[0].replace("\t", "")
            if kind == "multipart":
                values[1] = values[1].replace('"', "")
            wanted.append(values)
            lines.append(body_of(kind, values, chance).hex())
        out = subprocess.run([program, "match", kind], check=True, capture_output=True, text=True, input="\n".join(lines) + "\n").stdout.splitlines()
        assert len(out) == len(wanted)
        for line, values, body in zip(out, wanted, lines):
            found = None if line.startswith("no") else [unhex(value).decode("utf-8") for value in line.split(" ")]
            assert found == values, (kind, bytes.fromhex(body), values, line)
            count += 1
    return count


print(judge_built(), "bodies of ours read,", judge_matched(), "bodies of Python's read")

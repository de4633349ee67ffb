"""VERIFY.txt: how to check a bundle with what is on any computer; the same text in every bundle."""

VERIFY_TEXT = b"""\
HOW TO CHECK THIS BUNDLE WITHOUT THE PROGRAM THAT MADE IT

This is a signed record of one evaluation visit: a BagIt 1.0 folder (RFC 8493)
in a ZIP file, signed with an OpenSSH signature. The commands are for a Unix
shell and for cmd.exe on Windows (not PowerShell, which alters what it redirects).

1. The ZIP file is whole:

     unzip -tq visit-....zip

2. Unpack it, and go into the folder visit-... that it holds:

     unzip visit-....zip

3. No listed file was changed. On Windows, certutil -hashfile FILE SHA256 shows
   one hash at a time:

     sha256sum -c tagmanifest-sha256.txt
     sha256sum -c manifest-sha256.txt

4. The list of hashes was signed by the assessor. Take the file allowed_signers
   from the secretariat, not from whoever gave you the bundle. ASSESSOR is the
   value of "principal" in bundle.json:

     ssh-keygen -Y verify -f allowed_signers -I ASSESSOR -n evaluator-bundle -s tagmanifest-sha256.txt.sig < tagmanifest-sha256.txt

   Without allowed_signers you can see that the signature holds, but not whose it is:

     ssh-keygen -Y check-novalidate -n evaluator-bundle -s tagmanifest-sha256.txt.sig < tagmanifest-sha256.txt

5. Python's bagit, where it is installed, repeats step 3 from outside the folder:

     bagit.py --validate visit-...

WHAT THESE STEPS DO NOT PROVE. They look at the files that are listed. They do not
notice a file that was added, nor that tagmanifest-sha256.txt and its signature were
taken away: both must be there, and step 4 must succeed. They do not tell whether a
later revision exists. "evaluator verify FILE" checks all that can be seen in the
file itself, down to the last byte.

The SHA-256 of tagmanifest-sha256.txt is the id of this bundle.


CARA MEMERIKSA BERKAS INI TANPA PROGRAM PEMBUATNYA

Berkas ini adalah catatan bertanda tangan dari satu kunjungan evaluasi: folder
BagIt 1.0 (RFC 8493) dalam ZIP, dengan tanda tangan OpenSSH. Di Windows gunakan
cmd.exe, bukan PowerShell.

1. ZIP utuh:

     unzip -tq visit-....zip

2. Buka, lalu masuk ke folder visit-... di dalamnya:

     unzip visit-....zip

3. Tidak ada file terdaftar yang berubah:

     sha256sum -c tagmanifest-sha256.txt
     sha256sum -c manifest-sha256.txt

4. Ditandatangani oleh asesor. Minta file allowed_signers dari sekretariat, bukan dari
   pemberi berkas. ASESOR adalah nilai "principal" di bundle.json:

     ssh-keygen -Y verify -f allowed_signers -I ASESOR -n evaluator-bundle -s tagmanifest-sha256.txt.sig < tagmanifest-sha256.txt

Langkah-langkah ini hanya memeriksa file yang terdaftar. File tambahan, atau hilangnya
tagmanifest-sha256.txt beserta tanda tangannya, tidak terlihat: kedua file itu harus
ada dan langkah 4 harus berhasil. "evaluator verify FILE" memeriksa semuanya.
"""  # noqa: E501

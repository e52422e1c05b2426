from tortoise import migrations
from tortoise.migrations import operations as ops
from models.fields import MomentField
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0011_privacy')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ConsoleLink',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('token_hash', fields.CharField(unique=True, max_length=64)),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='console_links', on_delete=OnDelete.CASCADE)),
                ('person_id', fields.IntField()),
                ('made_at', MomentField(auto_now=False, auto_now_add=False)),
                ('expires_at', MomentField(db_index=True, auto_now=False, auto_now_add=False)),
                ('used_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'console_link', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A link that opens the console once. Only the SHA-256 of its token is kept.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ConsoleSession',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('token_hash', fields.CharField(unique=True, max_length=64)),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='console_sessions', on_delete=OnDelete.CASCADE)),
                ('person_id', fields.IntField()),
                ('begun_at', MomentField(auto_now=False, auto_now_add=False)),
                ('seen_at', MomentField(auto_now=False, auto_now_add=False)),
                ('ends_at', MomentField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'console_session', 'app': 'models', 'pk_attr': 'id', 'table_description': 'Somebody signed in, in one browser. Only the SHA-256 of the cookie is kept.'},
            bases=['Model'],
        ),
    ]
